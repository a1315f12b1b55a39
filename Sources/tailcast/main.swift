print("tailcast")
