-- A shift's store as coach made and filled it at revision 0001 in PostgreSQL 15. Never to be changed: it is what came before.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.about (
    name character varying(32) NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.advice (
    result_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    skill text NOT NULL,
    moment integer,
    said text NOT NULL
);
ALTER TABLE ONLY public.advice ALTER COLUMN said SET STATISTICS 0;
CREATE TABLE public.answers (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    moment_index integer,
    kind text,
    start_s double precision,
    who text NOT NULL,
    question text NOT NULL,
    answer text NOT NULL,
    at timestamp with time zone NOT NULL,
    settled text,
    settled_at timestamp with time zone
);
ALTER TABLE ONLY public.answers ALTER COLUMN who SET STATISTICS 0;
ALTER TABLE ONLY public.answers ALTER COLUMN answer SET STATISTICS 0;
CREATE SEQUENCE public.answers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.answers_id_seq OWNED BY public.answers.id;
CREATE TABLE public.attempts (
    key text NOT NULL,
    step bigint NOT NULL,
    sha256 character varying(64),
    uri text NOT NULL,
    state character varying(16) NOT NULL,
    attempts integer NOT NULL,
    stage text,
    message text,
    exit_code integer,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.attempts ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE ONLY public.attempts ALTER COLUMN uri SET STATISTICS 0;
ALTER TABLE ONLY public.attempts ALTER COLUMN message SET STATISTICS 0;
CREATE TABLE public.calls (
    sha256 character varying(64) NOT NULL,
    uri text,
    agent text,
    started_at timestamp with time zone,
    direction text,
    call_type text,
    duration double precision,
    added_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.calls ALTER COLUMN uri SET STATISTICS 0;
ALTER TABLE ONLY public.calls ALTER COLUMN agent SET STATISTICS 0;
CREATE TABLE public.coach_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.results (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    fingerprint character varying(128) NOT NULL,
    reviewed_at timestamp with time zone NOT NULL,
    report text,
    separation text NOT NULL,
    heard_agent double precision,
    heard_customer double precision,
    hard boolean NOT NULL,
    roles_known boolean NOT NULL,
    words_agent integer,
    warnings json NOT NULL
);
ALTER TABLE ONLY public.results ALTER COLUMN report SET STATISTICS 0;
ALTER TABLE ONLY public.results ALTER COLUMN warnings SET STATISTICS 0;
CREATE VIEW public.latest AS
 SELECT r.id AS result_id,
    r.sha256,
    r.fingerprint,
    r.reviewed_at,
    r.report,
    r.separation,
    r.heard_agent,
    r.heard_customer,
    r.hard,
    r.roles_known,
    r.words_agent,
    c.uri,
    c.agent,
    c.started_at,
    c.direction,
    c.call_type,
    c.duration
   FROM (public.results r
     JOIN public.calls c ON (((c.sha256)::text = (r.sha256)::text)))
  WHERE (r.id = ( SELECT max(n.id) AS max
           FROM public.results n
          WHERE ((n.sha256)::text = (r.sha256)::text)));
CREATE TABLE public.looks (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    who text NOT NULL,
    what text NOT NULL,
    sha256 character varying(64),
    agent text
);
ALTER TABLE ONLY public.looks ALTER COLUMN who SET STATISTICS 0;
ALTER TABLE ONLY public.looks ALTER COLUMN agent SET STATISTICS 0;
CREATE SEQUENCE public.looks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.looks_id_seq OWNED BY public.looks.id;
CREATE TABLE public.measures (
    result_id bigint NOT NULL,
    name text NOT NULL,
    value double precision,
    unit text NOT NULL,
    numerator double precision,
    denominator double precision,
    why text
);
ALTER TABLE ONLY public.measures ALTER COLUMN why SET STATISTICS 0;
CREATE TABLE public.moments (
    id bigint NOT NULL,
    result_id bigint NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    start_s double precision NOT NULL,
    end_s double precision NOT NULL,
    text text NOT NULL,
    confidence double precision NOT NULL,
    evidence json NOT NULL
);
ALTER TABLE ONLY public.moments ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE ONLY public.moments ALTER COLUMN evidence SET STATISTICS 0;
CREATE SEQUENCE public.moments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.moments_id_seq OWNED BY public.moments.id;
CREATE SEQUENCE public.results_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.results_id_seq OWNED BY public.results.id;
CREATE TABLE public.runs (
    fingerprint character varying(128) NOT NULL,
    coach text NOT NULL,
    recipe text NOT NULL,
    transcriber text NOT NULL,
    diarizer text,
    definitions json NOT NULL
);
CREATE TABLE public.sentences (
    result_id bigint NOT NULL,
    sentence text NOT NULL
);
ALTER TABLE ONLY public.sentences ALTER COLUMN sentence SET STATISTICS 0;
CREATE TABLE public.skills (
    result_id bigint NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    met integer NOT NULL,
    judged integer NOT NULL,
    score double precision,
    weight double precision NOT NULL,
    why text NOT NULL,
    moments json NOT NULL
);
ALTER TABLE ONLY public.skills ALTER COLUMN why SET STATISTICS 0;
CREATE TABLE public.tombstones (
    sha256 character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    why text NOT NULL
);
ALTER TABLE ONLY public.answers ALTER COLUMN id SET DEFAULT nextval('public.answers_id_seq'::regclass);
ALTER TABLE ONLY public.looks ALTER COLUMN id SET DEFAULT nextval('public.looks_id_seq'::regclass);
ALTER TABLE ONLY public.moments ALTER COLUMN id SET DEFAULT nextval('public.moments_id_seq'::regclass);
ALTER TABLE ONLY public.results ALTER COLUMN id SET DEFAULT nextval('public.results_id_seq'::regclass);
INSERT INTO public.about VALUES ('purpose', 'shift');
INSERT INTO public.advice VALUES (1, 'keep', 'Saying it back', 1, 'So you saw the blue heron on Wexford Street');
INSERT INTO public.advice VALUES (1, 'try', 'Asking', NULL, '');
INSERT INTO public.advice VALUES (2, 'keep', 'Saying it back', 1, 'So you saw the blue heron on Wexford Street');
INSERT INTO public.advice VALUES (2, 'try', 'Asking', NULL, '');
INSERT INTO public.answers VALUES (1, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb', NULL, NULL, NULL, 'Dana', 'heard', 'yes', '2026-11-23 00:16:25.431894+00', NULL, NULL);
INSERT INTO public.answers VALUES (2, '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', 1, 'paraphrase', 12, 'Lee', 'misheard', 'yes', '2026-11-23 00:16:25.435998+00', 'stands', '2026-11-23 00:16:25.443464+00');
INSERT INTO public.attempts VALUES ('a', 2, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb', 'a.wav', 'done', 1, NULL, NULL, 0, '2026-11-23 00:16:25.305259+00', '2026-11-23 00:16:25.351117+00');
INSERT INTO public.attempts VALUES ('b', 4, '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', 'b.wav', 'done', 1, NULL, NULL, 0, '2026-11-23 00:16:25.354123+00', '2026-11-23 00:16:25.373725+00');
INSERT INTO public.attempts VALUES ('d', 6, NULL, 'd.wav', 'working', 2, NULL, NULL, NULL, '2026-11-23 00:16:25.421746+00', '2026-11-23 00:16:25.424617+00');
INSERT INTO public.calls VALUES ('ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb', 'a.wav', 'Dana', '2026-03-02 09:14:00+00', 'inbound', 'billing', 61.5, '2026-11-23 00:16:25.321135+00');
INSERT INTO public.calls VALUES ('3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', 'b.wav', 'Lee', '2026-03-03 09:14:00+00', 'inbound', 'billing', 61.5, '2026-11-23 00:16:25.357525+00');
INSERT INTO public.coach_version VALUES ('0001');
INSERT INTO public.looks VALUES (1, '2026-11-23 00:16:25.449541+00', 'Dana', 'report', '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', 'Lee');
INSERT INTO public.measures VALUES (1, 'talk_ratio', 0.6, 'ratio', 9, 15, NULL);
INSERT INTO public.measures VALUES (1, 'pace_agent', NULL, 'words/min', 20, 0.2, 'too short');
INSERT INTO public.measures VALUES (2, 'talk_ratio', 0.6, 'ratio', 9, 15, NULL);
INSERT INTO public.measures VALUES (2, 'pace_agent', NULL, 'words/min', 20, 0.2, 'too short');
INSERT INTO public.moments VALUES (1, 1, 0, 'account', 'customer', 6, 9, 'I saw the blue heron on Wexford Street', 0.8, '{"turns": [1]}');
INSERT INTO public.moments VALUES (2, 1, 1, 'paraphrase', 'agent', 12, 15, 'So you saw the blue heron on Wexford Street, and it surprised you.', 0.8, '{"customer_turn": 1}');
INSERT INTO public.moments VALUES (3, 2, 0, 'account', 'customer', 6, 9, 'I saw the blue heron on Wexford Street', 0.8, '{"turns": [1]}');
INSERT INTO public.moments VALUES (4, 2, 1, 'paraphrase', 'agent', 12, 15, 'So you saw the blue heron on Wexford Street, and it surprised you.', 0.8, '{"customer_turn": 1}');
INSERT INTO public.results VALUES (1, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb', 'c02593a36e880bf7', '2026-11-23 00:16:25.323523+00', '/reports/a.html', 'channels', 0.98, NULL, false, true, 26, '["The call ends in the middle of a word."]');
INSERT INTO public.results VALUES (2, '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', 'c02593a36e880bf7', '2026-11-23 00:16:25.358656+00', '/reports/b.html', 'channels', 0.98, NULL, false, true, 26, '["The call ends in the middle of a word."]');
INSERT INTO public.runs VALUES ('c02593a36e880bf7', '0.1.0', 'shift', 'made', NULL, '{"talk_ratio": 1, "interruption": 1}');
INSERT INTO public.sentences VALUES (1, 'so you saw the blue heron on wexford street and it surprised you');
INSERT INTO public.sentences VALUES (1, 'thank you for calling riverbend power this is dana');
INSERT INTO public.sentences VALUES (2, 'so you saw the blue heron on wexford street and it surprised you');
INSERT INTO public.sentences VALUES (2, 'thank you for calling riverbend power this is dana');
INSERT INTO public.skills VALUES (1, 0, 'Saying it back', 1, 1, NULL, 1.5, '1 of 1', '[1]');
INSERT INTO public.skills VALUES (2, 0, 'Saying it back', 1, 1, NULL, 1.5, '1 of 1', '[1]');
INSERT INTO public.tombstones VALUES ('2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6', '2026-11-23 00:16:25.394173+00', 'retention');
SELECT pg_catalog.setval('public.answers_id_seq', 2, true);
SELECT pg_catalog.setval('public.looks_id_seq', 1, true);
SELECT pg_catalog.setval('public.moments_id_seq', 6, true);
SELECT pg_catalog.setval('public.results_id_seq', 3, true);
ALTER TABLE ONLY public.coach_version
    ADD CONSTRAINT coach_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.about
    ADD CONSTRAINT pk_about PRIMARY KEY (name);
ALTER TABLE ONLY public.advice
    ADD CONSTRAINT pk_advice PRIMARY KEY (result_id, kind);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (id);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT pk_attempts PRIMARY KEY (key);
ALTER TABLE ONLY public.calls
    ADD CONSTRAINT pk_calls PRIMARY KEY (sha256);
ALTER TABLE ONLY public.looks
    ADD CONSTRAINT pk_looks PRIMARY KEY (id);
ALTER TABLE ONLY public.measures
    ADD CONSTRAINT pk_measures PRIMARY KEY (result_id, name);
ALTER TABLE ONLY public.moments
    ADD CONSTRAINT pk_moments PRIMARY KEY (id);
ALTER TABLE ONLY public.results
    ADD CONSTRAINT pk_results PRIMARY KEY (id);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT pk_runs PRIMARY KEY (fingerprint);
ALTER TABLE ONLY public.sentences
    ADD CONSTRAINT pk_sentences PRIMARY KEY (result_id, sentence);
ALTER TABLE ONLY public.skills
    ADD CONSTRAINT pk_skills PRIMARY KEY (result_id, "position");
ALTER TABLE ONLY public.tombstones
    ADD CONSTRAINT pk_tombstones PRIMARY KEY (sha256);
ALTER TABLE ONLY public.moments
    ADD CONSTRAINT uq_moments_result_id UNIQUE (result_id, "position");
ALTER TABLE ONLY public.results
    ADD CONSTRAINT uq_results_sha256 UNIQUE (sha256, fingerprint);
CREATE INDEX ix_answers_sha256 ON public.answers USING btree (sha256);
CREATE INDEX ix_attempts_sha256 ON public.attempts USING btree (sha256);
CREATE INDEX ix_attempts_step ON public.attempts USING btree (step);
CREATE INDEX ix_calls_agent ON public.calls USING btree (agent);
CREATE INDEX ix_calls_started_at ON public.calls USING btree (started_at);
CREATE INDEX ix_moments_kind ON public.moments USING btree (kind);
CREATE INDEX ix_results_fingerprint ON public.results USING btree (fingerprint);
ALTER TABLE ONLY public.advice
    ADD CONSTRAINT fk_advice_result_id FOREIGN KEY (result_id) REFERENCES public.results(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT fk_answers_sha256 FOREIGN KEY (sha256) REFERENCES public.calls(sha256) ON DELETE CASCADE;
ALTER TABLE ONLY public.measures
    ADD CONSTRAINT fk_measures_result_id FOREIGN KEY (result_id) REFERENCES public.results(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.moments
    ADD CONSTRAINT fk_moments_result_id FOREIGN KEY (result_id) REFERENCES public.results(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.results
    ADD CONSTRAINT fk_results_fingerprint FOREIGN KEY (fingerprint) REFERENCES public.runs(fingerprint);
ALTER TABLE ONLY public.results
    ADD CONSTRAINT fk_results_sha256 FOREIGN KEY (sha256) REFERENCES public.calls(sha256) ON DELETE CASCADE;
ALTER TABLE ONLY public.sentences
    ADD CONSTRAINT fk_sentences_result_id FOREIGN KEY (result_id) REFERENCES public.results(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.skills
    ADD CONSTRAINT fk_skills_result_id FOREIGN KEY (result_id) REFERENCES public.results(id) ON DELETE CASCADE;
