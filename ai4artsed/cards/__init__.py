"""Taking a work home: a card to print, to save and to share, and a class's cards on one PDF."""
