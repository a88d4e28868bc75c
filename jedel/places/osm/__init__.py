"""Reading OpenStreetMap extracts: what is a road, a street, an address, a site, a district."""
