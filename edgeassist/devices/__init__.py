"""Microphone, camera, speaker and their file and replay twins."""
