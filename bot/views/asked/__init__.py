"""What people ask for: answers, the assistant, search, an audit, and their Home."""
