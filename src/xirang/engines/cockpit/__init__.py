"""What is going on? Figures that each open the list they count."""
