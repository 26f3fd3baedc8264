"""How the package prints."""

PLAIN = {"highlight": False, "markup": False, "soft_wrap": True}  # paths are printed as they are
