"""Captions for other devices of the home: an MQTT broker, Home Assistant."""
