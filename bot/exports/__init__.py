"""Files of pilots and of the portfolio, and the trends: gathered, written in four formats, handed out."""
