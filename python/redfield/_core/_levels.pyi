cpu: int
built: str
