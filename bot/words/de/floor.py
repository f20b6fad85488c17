"""Trainings by command: their state, and stopping them."""

NO_TRAINING = "Bei dir läuft oder wartet gerade kein Training. Mit `/train start` beginnst du eins."
