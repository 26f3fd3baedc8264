"""What a recording may be, so that no memory or time depends on a number that a damaged header states."""

from keras_musicgan.music.audio.arrays import AudioError

MIN_RATE, MAX_RATE = 1000, 1_000_000  # Hz
MAX_CHANNELS = 64
MAX_FRAMES = 2**48  # libsndfile gives 2**63 - 1 for a header without the length
BYTES_OF_SUBTYPE = {  # of one sample
    **dict.fromkeys(("PCM_S8", "PCM_U8", "ULAW", "ALAW"), 1),
    **{"PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8},
}
FRAMES_PER_BYTE = 8192  # of silence in FLAC, the format that needs least for it, about 6000


def check_header(file, path, n_bytes: int) -> None:
    """Raises AudioError if an open `soundfile.SoundFile` claims what no recording has or its bytes cannot hold."""
    if file.format == "RAW":  # libsndfile takes anything that ends in .au or .snd for telephone audio
        raise AudioError(f"An audio file must have a format of libsndfile. Received: {path}, which has no header")
    if not MIN_RATE <= file.samplerate <= MAX_RATE:
        raise AudioError(
            f"An audio file's sample rate must be from {MIN_RATE:,} to {MAX_RATE:,} Hz. Received: {path} with "
            f"{file.samplerate:,} Hz"
        )
    if not 1 <= file.channels <= MAX_CHANNELS:
        raise AudioError(
            f"An audio file must have at most {MAX_CHANNELS} channels. Received: {path} with {file.channels}"
        )
    most = n_bytes * FRAMES_PER_BYTE
    if file.format != "FLAC" and file.subtype in BYTES_OF_SUBTYPE:
        most = n_bytes // (BYTES_OF_SUBTYPE[file.subtype] * file.channels)
    if file.frames > most and not has_unknown_length(file):
        raise AudioError(
            f"An audio file must hold as much as its header says. Received: {path} with {n_bytes:,} bytes for "
            f"{file.frames:,} frames"
        )


def has_unknown_length(file) -> bool:
    """Whether the header of a FLAC file leaves its length open, as streams do."""
    return file.format == "FLAC" and file.frames > MAX_FRAMES
