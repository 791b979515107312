"""The dialogs for what a site is made of: one file for each kind."""
