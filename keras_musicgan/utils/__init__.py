"""Checks, files and names that every room shares."""
