"""Types of cosmetic product, and which of them the scopes of the annexes mean."""

TYPES = (
    "face",
    "body_lotion",
    "hand",
    "eye",
    "lip",
    "sunscreen",
    "spray",
    "deodorant",
    "rinse_off",
    "hair_rinse_off",
    "hair_leave_on",
    "hair_dye",
    "hair_waving",
    "eyelash_professional",
    "nail",
    "nail_professional",
    "oral",
)
LEAVE_ON = frozenset({"face", "body_lotion", "hand", "eye", "lip", "sunscreen", "spray", "deodorant", "hair_leave_on"})
RINSE_OFF = frozenset({"rinse_off", "hair_rinse_off", "hair_dye", "hair_waving"})
HAIR = frozenset({"hair_rinse_off", "hair_leave_on", "hair_dye", "hair_waving"})
NAIL = frozenset({"nail", "nail_professional"})
ORAL = frozenset({"oral"})
SMALL = frozenset({"body_lotion", "eye", "lip", "deodorant"})
EVERY = frozenset(TYPES)
# Scope as the catalogue words it -> the types that its limit is for, and whether all other types may not hold it.
SCOPES: dict[str, tuple[frozenset[str], bool]] = {
    "artificial nail systems, professional use, after mixing": (frozenset({"nail_professional"}), True),
    "hair products (general)": (HAIR, False),
    "products for hardening nails": (NAIL, False),
    "oral products incl. tooth whitening sold to consumers": (ORAL, False),
    "rinse-off hair products": (frozenset({"hair_rinse_off"}), False),
    "other products except body lotion, eye, lip, roll-on deodorant": (EVERY - SMALL - {"hair_rinse_off"}, False),
    "body lotion, eye shadow, mascara, eyeliner, lipstick, roll-on deodorant": (SMALL, False),
    "hair waving or straightening, general use": (frozenset({"hair_waving"}), False),
    "eyelash waving, professional use only": (frozenset({"eyelash_professional"}), False),
    "oxidative hair dye after mixing, as free base": (frozenset({"hair_dye"}), True),
    "oxidative hair dye, general use, as free base": (frozenset({"hair_dye"}), True),
    "oxidative hair dye after mixing": (frozenset({"hair_dye"}), False),
    "hair lotions and shampoos": (frozenset({"hair_rinse_off", "hair_leave_on"}), False),
    "nail cuticle products": (NAIL, False),
    "hair straightener, general use": (frozenset({"hair_waving"}), False),
    "oral products, as F": (ORAL, False),
    "colouring eyelashes and eyebrows": (frozenset({"eyelash_professional", "eye"}), True),
    "nail products": (NAIL, False),
    "rinse-off products": (RINSE_OFF, False),
    "leave-on and rinse-off except mouthwash, toothpaste": (EVERY - ORAL, False),
    "all except oral products": (EVERY - ORAL, False),
    "rinse-off only": (RINSE_OFF, True),
    "leave-on; rinse-off 2.5": (LEAVE_ON, False),
    "leave-on; rinse-off 0.02; deodorant 0.0075": (LEAVE_ON, False),
    "face, hand, lip (not propellant); body 2.2": (frozenset({"face", "hand", "lip"}), False),
    "face products (not propellant spray)": (frozenset({"face"}), True),
    "face and hand products": (frozenset({"face", "hand"}), True),
    "face cream": (frozenset({"face"}), True),
    "face cream; body lotion 0.5": (frozenset({"face"}), False),
    "aerosols": (frozenset({"spray"}), False),
    "aerosol cosmetics": (frozenset({"spray"}), False),
}


def types_of(scope: str) -> tuple[frozenset[str], bool]:
    """(types, whether only these); no types where the scope is for all, or worded in a way that nobody sorted."""
    return SCOPES.get(scope, (frozenset(), False))
