"""The calendar that a market's dates are read by: a paper valid to 30 June is valid all that day there."""

# Where a market spans several zones, the one in which a day begins first: a paper ends no later than it does anywhere.
ZONES = {
    "US": "America/New_York",
    "UK": "Europe/London",
    "EU": "Europe/Brussels",
    "EU-DE": "Europe/Berlin",
    "EU-FR": "Europe/Paris",
    "EU-IT": "Europe/Rome",
    "EU-ES": "Europe/Madrid",
    "SG": "Asia/Singapore",
    "MY": "Asia/Kuala_Lumpur",
    "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh",
    "PH": "Asia/Manila",
    "ID": "Asia/Jakarta",
    "JP": "Asia/Tokyo",
    "SA": "Asia/Riyadh",
}


def zone_name(*markets: str) -> str:
    """The zone of the first market that has one: of the market itself, else of its parent."""
    return next((ZONES[code] for code in markets if code in ZONES), "UTC")
