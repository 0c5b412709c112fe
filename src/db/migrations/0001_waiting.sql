CREATE TABLE "job_checkpoints" (
	"job_id" text PRIMARY KEY NOT NULL,
	"token" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "queued_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "returning" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "chain" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "sealed_source" "bytea";--> statement-breakpoint
ALTER TABLE "job_checkpoints" ADD CONSTRAINT "job_checkpoints_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_events_answers" ON "job_events" USING btree ("at" desc) WHERE type in ('approval.approved', 'approval.rejected', 'approval.expired', 'approval.voided', 'outcome.resolved');--> statement-breakpoint
CREATE INDEX "jobs_queue" ON "jobs" USING btree ("returning","queued_at") WHERE status = 'queued';--> statement-breakpoint
CREATE INDEX "jobs_chain" ON "jobs" USING btree ("chain") WHERE chain is not null;