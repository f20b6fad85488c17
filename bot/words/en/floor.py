"""Trainings by command: their state, and stopping them."""

NO_TRAINING = "You have no training in line or under way. `/train start` begins one."
