"""Every mistake explained at length, in English and Japanese."""
