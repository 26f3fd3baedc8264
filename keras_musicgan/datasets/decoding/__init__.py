"""Audio files decoded into a cache, in memory or on disk."""
