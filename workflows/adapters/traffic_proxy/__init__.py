"""The proxy of ours that stands in front of a model: any HTTP endpoint is counted, announced and switched by it."""
