"""A service for one job of a back end, chosen by its bill at the person's own load."""
