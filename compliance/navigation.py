"""This app's lines of the menu and tabs of a product."""


def add_entries() -> None:
    pass
