"""The two languages of the site: nothing of the one on pages in the other, and a choice that stays."""
