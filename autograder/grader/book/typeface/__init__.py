"""The face in which the pages are set: fetched when the book is made, and served by the site."""
