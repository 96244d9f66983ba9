"""List pages by declaration: one builder for every list of the house."""

from xirang.ui.listing.declaration import (
    Asking,
    Carried,
    Chip,
    Choose,
    Day,
    Empty,
    Filter,
    Find,
    HeadLink,
    Line,
    Listing,
    Shown,
)
from xirang.ui.listing.pages import list_page
from xirang.ui.listing.saved import KeptView, SavedViews

__all__ = [
    "Asking",
    "Carried",
    "Chip",
    "Choose",
    "Day",
    "Empty",
    "Filter",
    "Find",
    "HeadLink",
    "KeptView",
    "Line",
    "Listing",
    "SavedViews",
    "Shown",
    "list_page",
]
