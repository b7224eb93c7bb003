"""Small changes to a program's text, such as people make by mistake. Nothing is run here."""
