"""What the system tests share: a whole server as a process, clients that check what they are sent, an outside model."""
