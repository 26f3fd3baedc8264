"""Music from a trained model: clips, notes, long pieces, nearest latents, files, exported functions."""
