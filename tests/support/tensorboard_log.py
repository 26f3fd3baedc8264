"""Reads what was logged for TensorBoard, by TensorBoard itself."""


def logged(log_dir):
    """The log: tags by kind, scalars, images and audio."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(log_dir), size_guidance={"images": 0, "audio": 0})
    log.Reload()
    return log
