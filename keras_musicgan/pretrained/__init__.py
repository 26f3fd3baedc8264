"""Trained models that come with the package, and the small file format in which models are given away."""
