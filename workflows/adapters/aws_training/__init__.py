"""What trains models on AWS: SageMaker pipelines, and what begins them and other jobs, paused and put back."""
