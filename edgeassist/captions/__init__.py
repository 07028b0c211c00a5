"""Live captions: endpointing, recognisers, transcripts."""
