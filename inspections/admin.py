"""The back office: each folder registers its own tables."""

from activity.features import load_features

load_features("inspections", "admin")
