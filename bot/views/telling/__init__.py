"""What reaches people without their asking: in which words, when, and through whom; the weekly digest."""
