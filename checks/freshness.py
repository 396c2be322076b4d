"""What is overdue, with our own absences taken out."""
