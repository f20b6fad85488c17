"""Pictures of many pictures: what the panels show."""
