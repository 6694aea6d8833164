import type { Pool } from 'pg';

export declare const pool: Pool;
