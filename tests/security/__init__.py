"""What an attacker, a clumsy user and a power cut would try."""
