"""Small changes of a program's text, as a person makes them by mistake. Nothing is run here."""
