"""Options of printing."""

PLAIN = {"highlight": False, "markup": False, "soft_wrap": True}  # paths are printed without markup
