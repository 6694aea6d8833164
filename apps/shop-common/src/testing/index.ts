export { testShop } from './shop-story.ts';
