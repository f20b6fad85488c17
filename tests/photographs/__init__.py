"""Real photographs with labels made by eye: what the photo intake is tuned on and judged by."""
