-- A shift's store as coach made and filled it at revision 0001. Never to be changed: it is what came before.
BEGIN TRANSACTION;
CREATE TABLE about (
	name VARCHAR(32) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_about PRIMARY KEY (name)
);
INSERT INTO "about" VALUES('purpose','shift');
CREATE TABLE advice (
	result_id INTEGER NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	skill TEXT NOT NULL, 
	moment INTEGER, 
	said TEXT NOT NULL, 
	CONSTRAINT pk_advice PRIMARY KEY (result_id, kind), 
	CONSTRAINT fk_advice_result_id FOREIGN KEY(result_id) REFERENCES results (id) ON DELETE CASCADE
);
INSERT INTO "advice" VALUES(1,'keep','Saying it back',1,'So you saw the blue heron on Wexford Street');
INSERT INTO "advice" VALUES(1,'try','Asking',NULL,'');
INSERT INTO "advice" VALUES(2,'keep','Saying it back',1,'So you saw the blue heron on Wexford Street');
INSERT INTO "advice" VALUES(2,'try','Asking',NULL,'');
CREATE TABLE answers (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sha256 VARCHAR(64) NOT NULL, 
	moment_index INTEGER, 
	kind TEXT, 
	start_s FLOAT, 
	who TEXT NOT NULL, 
	question TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	settled TEXT, 
	settled_at DATETIME, 
	CONSTRAINT fk_answers_sha256 FOREIGN KEY(sha256) REFERENCES calls (sha256) ON DELETE CASCADE
);
INSERT INTO "answers" VALUES(1,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',NULL,NULL,NULL,'Dana','heard','yes','2026-11-23 00:16:23.397584',NULL,NULL);
INSERT INTO "answers" VALUES(2,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d',1,'paraphrase',12.0,'Lee','misheard','yes','2026-11-23 00:16:23.405460','stands','2026-11-23 00:16:23.409165');
CREATE TABLE attempts (
	"key" TEXT NOT NULL, 
	step BIGINT NOT NULL, 
	sha256 VARCHAR(64), 
	uri TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	stage TEXT, 
	message TEXT, 
	exit_code INTEGER, 
	first_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	CONSTRAINT pk_attempts PRIMARY KEY ("key")
);
INSERT INTO "attempts" VALUES('a',2,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','a.wav','done',1,NULL,NULL,0,'2026-11-23 00:16:23.278986','2026-11-23 00:16:23.313874');
INSERT INTO "attempts" VALUES('b',4,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b.wav','done',1,NULL,NULL,0,'2026-11-23 00:16:23.321460','2026-11-23 00:16:23.337653');
INSERT INTO "attempts" VALUES('d',6,NULL,'d.wav','working',2,NULL,NULL,NULL,'2026-11-23 00:16:23.389340','2026-11-23 00:16:23.393407');
CREATE TABLE calls (
	sha256 VARCHAR(64) NOT NULL, 
	uri TEXT, 
	agent TEXT, 
	started_at DATETIME, 
	direction TEXT, 
	call_type TEXT, 
	duration FLOAT, 
	added_at DATETIME NOT NULL, 
	CONSTRAINT pk_calls PRIMARY KEY (sha256)
);
INSERT INTO "calls" VALUES('ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','a.wav','Dana','2026-03-02 09:14:00.000000','inbound','billing',61.5,'2026-11-23 00:16:23.291765');
INSERT INTO "calls" VALUES('3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','b.wav','Lee','2026-03-03 09:14:00.000000','inbound','billing',61.5,'2026-11-23 00:16:23.326037');
CREATE TABLE coach_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT coach_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "coach_version" VALUES('0001');
CREATE TABLE looks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who TEXT NOT NULL, 
	what TEXT NOT NULL, 
	sha256 VARCHAR(64), 
	agent TEXT
);
INSERT INTO "looks" VALUES(1,'2026-11-23 00:16:23.413268','Dana','report','3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','Lee');
CREATE TABLE measures (
	result_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	value FLOAT, 
	unit TEXT NOT NULL, 
	numerator FLOAT, 
	denominator FLOAT, 
	why TEXT, 
	CONSTRAINT pk_measures PRIMARY KEY (result_id, name), 
	CONSTRAINT fk_measures_result_id FOREIGN KEY(result_id) REFERENCES results (id) ON DELETE CASCADE
);
INSERT INTO "measures" VALUES(1,'talk_ratio',0.6,'ratio',9.0,15.0,NULL);
INSERT INTO "measures" VALUES(1,'pace_agent',NULL,'words/min',20.0,0.2,'too short');
INSERT INTO "measures" VALUES(2,'talk_ratio',0.6,'ratio',9.0,15.0,NULL);
INSERT INTO "measures" VALUES(2,'pace_agent',NULL,'words/min',20.0,0.2,'too short');
CREATE TABLE moments (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	result_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	role TEXT NOT NULL, 
	start_s FLOAT NOT NULL, 
	end_s FLOAT NOT NULL, 
	text TEXT NOT NULL, 
	confidence FLOAT NOT NULL, 
	evidence JSON NOT NULL, 
	CONSTRAINT fk_moments_result_id FOREIGN KEY(result_id) REFERENCES results (id) ON DELETE CASCADE, 
	CONSTRAINT uq_moments_result_id UNIQUE (result_id, position)
);
INSERT INTO "moments" VALUES(1,1,0,'account','customer',6.0,9.0,'I saw the blue heron on Wexford Street',0.8,'{"turns": [1]}');
INSERT INTO "moments" VALUES(2,1,1,'paraphrase','agent',12.0,15.0,'So you saw the blue heron on Wexford Street, and it surprised you.',0.8,'{"customer_turn": 1}');
INSERT INTO "moments" VALUES(3,2,0,'account','customer',6.0,9.0,'I saw the blue heron on Wexford Street',0.8,'{"turns": [1]}');
INSERT INTO "moments" VALUES(4,2,1,'paraphrase','agent',12.0,15.0,'So you saw the blue heron on Wexford Street, and it surprised you.',0.8,'{"customer_turn": 1}');
CREATE TABLE results (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sha256 VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(128) NOT NULL, 
	reviewed_at DATETIME NOT NULL, 
	report TEXT, 
	separation TEXT NOT NULL, 
	heard_agent FLOAT, 
	heard_customer FLOAT, 
	hard BOOLEAN NOT NULL, 
	roles_known BOOLEAN NOT NULL, 
	words_agent INTEGER, 
	warnings JSON NOT NULL, 
	CONSTRAINT fk_results_sha256 FOREIGN KEY(sha256) REFERENCES calls (sha256) ON DELETE CASCADE, 
	CONSTRAINT fk_results_fingerprint FOREIGN KEY(fingerprint) REFERENCES runs (fingerprint), 
	CONSTRAINT uq_results_sha256 UNIQUE (sha256, fingerprint)
);
INSERT INTO "results" VALUES(1,'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb','c02593a36e880bf7','2026-11-23 00:16:23.292691','/reports/a.html','channels',0.98,NULL,0,1,26,'["The call ends in the middle of a word."]');
INSERT INTO "results" VALUES(2,'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d','c02593a36e880bf7','2026-11-23 00:16:23.326398','/reports/b.html','channels',0.98,NULL,0,1,26,'["The call ends in the middle of a word."]');
CREATE TABLE runs (
	fingerprint VARCHAR(128) NOT NULL, 
	coach TEXT NOT NULL, 
	recipe TEXT NOT NULL, 
	transcriber TEXT NOT NULL, 
	diarizer TEXT, 
	definitions JSON NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (fingerprint)
);
INSERT INTO "runs" VALUES('c02593a36e880bf7','0.1.0','shift','made',NULL,'{"talk_ratio": 1, "interruption": 1}');
CREATE TABLE sentences (
	result_id INTEGER NOT NULL, 
	sentence TEXT NOT NULL, 
	CONSTRAINT pk_sentences PRIMARY KEY (result_id, sentence), 
	CONSTRAINT fk_sentences_result_id FOREIGN KEY(result_id) REFERENCES results (id) ON DELETE CASCADE
);
INSERT INTO "sentences" VALUES(1,'so you saw the blue heron on wexford street and it surprised you');
INSERT INTO "sentences" VALUES(1,'thank you for calling riverbend power this is dana');
INSERT INTO "sentences" VALUES(2,'so you saw the blue heron on wexford street and it surprised you');
INSERT INTO "sentences" VALUES(2,'thank you for calling riverbend power this is dana');
CREATE TABLE skills (
	result_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	met INTEGER NOT NULL, 
	judged INTEGER NOT NULL, 
	score FLOAT, 
	weight FLOAT NOT NULL, 
	why TEXT NOT NULL, 
	moments JSON NOT NULL, 
	CONSTRAINT pk_skills PRIMARY KEY (result_id, position), 
	CONSTRAINT fk_skills_result_id FOREIGN KEY(result_id) REFERENCES results (id) ON DELETE CASCADE
);
INSERT INTO "skills" VALUES(1,0,'Saying it back',1,1,NULL,1.5,'1 of 1','[1]');
INSERT INTO "skills" VALUES(2,0,'Saying it back',1,1,NULL,1.5,'1 of 1','[1]');
CREATE TABLE tombstones (
	sha256 VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_tombstones PRIMARY KEY (sha256)
);
INSERT INTO "tombstones" VALUES('2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6','2026-11-23 00:16:23.349923','retention');
CREATE INDEX ix_calls_agent ON calls (agent);
CREATE INDEX ix_calls_started_at ON calls (started_at);
CREATE INDEX ix_results_fingerprint ON results (fingerprint);
CREATE INDEX ix_moments_kind ON moments (kind);
CREATE INDEX ix_answers_sha256 ON answers (sha256);
CREATE INDEX ix_attempts_step ON attempts (step);
CREATE INDEX ix_attempts_sha256 ON attempts (sha256);
CREATE VIEW latest AS
SELECT r.id AS result_id, r.sha256, r.fingerprint, r.reviewed_at, r.report, r.separation, r.heard_agent,
  r.heard_customer, r.hard, r.roles_known, r.words_agent, c.uri, c.agent, c.started_at, c.direction,
  c.call_type, c.duration
FROM results r JOIN calls c ON c.sha256 = r.sha256
WHERE r.id = (SELECT max(n.id) FROM results n WHERE n.sha256 = r.sha256);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('results',3);
INSERT INTO "sqlite_sequence" VALUES('moments',6);
INSERT INTO "sqlite_sequence" VALUES('answers',2);
INSERT INTO "sqlite_sequence" VALUES('looks',1);
COMMIT;
