CREATE TABLE "parcels" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"code" text NOT NULL,
	"carrier" text NOT NULL,
	"state" text DEFAULT 'announced' NOT NULL,
	"proof_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "parcels_code_unique" UNIQUE("code")
);
