"""Music that the package makes itself: tunes, notes of instruments, drums."""
