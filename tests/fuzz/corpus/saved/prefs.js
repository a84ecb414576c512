// Mozilla User Preferences
user_pref("mail.server.server1.hostname", "imap.example.com");
user_pref("mail.server.server1.port", 993);
user_pref("mail.server.server1.userName", "jo\"e\u00e9");
user_pref("mail.smtpserver.smtp1.username", "joe@example.com");
user_pref("mail.smtpserver.smtp1.hostname", "smtp.example.com");
user_pref("mail.server.hostname", "x");
user_pref("mail.server.", 
user_pref("
