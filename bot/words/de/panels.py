"""Was um die Tafeln von Bildern und Angeboten herum gesagt wird."""

TAKE_AWAY_EDIT_QUESTION = (
    "Diese Bilder löschen, hier und bei mir? Sie gingen von einem anderen Bild aus, dieselben kann"
    " ich also nicht noch einmal zeichnen."
)
YOURS_ALREADY = "`{token}` gehört dir schon. `/photos add` nimmt die ersten Fotos."
