"""A report as a page and as a picture."""
