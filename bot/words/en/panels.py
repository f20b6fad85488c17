"""What is said around the panels of pictures and offers."""

TAKE_AWAY_EDIT_QUESTION = (
    "Delete these pictures, here and on my side? They began with another picture, so I cannot draw"
    " the same ones again."
)
YOURS_ALREADY = "`{token}` is yours already. `/photos add` takes its first photos."
