//! Size limits of IAM and Organizations documents, with the date at which they were true.
