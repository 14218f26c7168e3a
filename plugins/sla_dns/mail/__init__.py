"""What mail needs of a domain: where it goes, who may send it, and by what receivers know that it is genuine."""
