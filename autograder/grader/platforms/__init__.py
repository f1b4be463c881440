"""To and from the learning platforms: work as they hand it out, grades as they take them in.

What is known of them stands in their own sources and documentation: Canvas, `content_zipper.rb`,
`gradebook_exporter.rb` and `gradebook_importer.rb`; Moodle, `mod/assign/classes/downloader.php`,
`feedback/file/importziplib.php` and `feedback/offline/importgradeslib.php`; Gradescope, the
autograder specification.
"""
