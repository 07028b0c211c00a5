"""The captions page: what is said, on every phone, tablet or television of the home."""
